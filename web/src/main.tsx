import { render } from "preact";
import { startTheme } from "./frame/theme";
import { Shell } from "./shell";
import { takeToken } from "./token";

takeToken();
startTheme();
const page = document.getElementById("page");
if (page !== null) render(<Shell />, page);

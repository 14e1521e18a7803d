import { render } from "preact";
import { Shell } from "./shell";
import { takeToken } from "./token";

takeToken();
const page = document.getElementById("page");
if (page !== null) render(<Shell />, page);

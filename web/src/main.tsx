import { render } from "preact";
import { startTheme } from "./frame/theme";
import { Shell } from "./shell";
import { takeToken } from "./token";

takeToken();
// The printed address in a tab that is at its path already: browsers load nothing anew for another "#".
addEventListener("hashchange", () => {
  if (takeToken()) location.reload();
});
startTheme();
const page = document.getElementById("page");
if (page !== null) render(<Shell />, page);

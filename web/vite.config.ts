import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

// The page lies in the package, from where the server serves it. Nothing of it is inlined: the content policy forbids that.
export default defineConfig({
  plugins: [preact({ prefreshEnabled: false, devToolsEnabled: false })],
  build: {
    outDir: "../src/setpoint/_web/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
});

/** How the page is built: everything bundled from this machine, nothing inlined that a strict CSP would refuse. */
import { defineConfig, type Plugin } from "vite";

/**
 * nhsuk-frontend's compiled CSS asks a public host for the Frutiger font and finds its icons by a path
 * from the site's root. A console often has no way out, and Frutiger is licensed to NHS sites only:
 * the font rules go (Arial is the named fallback), the icons come from the package.
 */
const localNhsukStyles = (): Plugin => ({
  name: "local-nhsuk-styles",
  enforce: "pre",
  transform(code, id) {
    if (!id.includes("nhsuk-frontend") || !id.endsWith(".css")) return undefined;
    const css = code
      .replace(/@font-face\s*\{[^}]*\}|\/\*# sourceMappingURL.*?\*\//g, "")
      .replaceAll("/assets/images/", "./assets/images/");
    if (/https?:/.test(css)) throw new Error("nhsuk-frontend's CSS names another host");
    return { code: css, map: null };
  },
});

export default defineConfig({
  // Relative, so that the page also works behind a proxy that serves it under a path.
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [localNhsukStyles()],
  build: {
    outDir: "../../dist/console/page",
    emptyOutDir: true,
    // data: addresses would be refused by default-src 'self'.
    assetsInlineLimit: 0,
    // The package comes minified, with a media query for old browsers that minifiers refuse.
    cssMinify: false,
    modulePreload: { polyfill: false },
  },
});

import { defineConfig } from "eslint/config";
import unsanitized from "eslint-plugin-no-unsanitized";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["node_modules", "*.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  unsanitized.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Texts that users recorded are shown as text nodes only.
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Show recorded texts as text." },
        {
          selector: "MemberExpression[property.name=/^(innerHTML|outerHTML)$/]",
          message: "Show recorded texts as text.",
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 110, skipBlankLines: true, skipComments: true }],
    },
  },
);

// ESLint: types are checked (a promise that nobody awaits is the bug a harness dies of), and folders import only what
// CONTRIBUTING.md's table lets them. Style is prettier's.
import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** A zone of no-restricted-paths: files of `target` import nothing from `from` but what `except` (below it) names. */
const zone = (target, from, except, message) => ({ target, from, except, message });

const table = "See the table in CONTRIBUTING.md.";

/** What the rest builds on: it knows neither faults nor reports. */
const harnessParts = [
  ...[
    "agent",
    "characterize",
    "check",
    "compare",
    "config",
    "judge",
    "load",
    "matrix",
    "measure",
    "messages",
    "record",
    "repeat",
    "rig",
    "setup",
    "storage",
    "sweep",
    "toolchain",
    "trend",
  ],
  ...["errors.ts", "exit-codes.ts", "project.ts"],
].map((part) => `./harness/${part}`);

const zones = [
  // No library code knows the suites or the scripts; suites know no scripts and no command.
  zone(["./harness", "./chaos", "./reports"], "./suites", [], table),
  zone(["./harness", "./chaos", "./reports", "./suites"], "./scripts", [], table),
  zone("./suites", "./harness/cli", [], table),
  zone("./suites", "./reports", ["./allure.ts"], table),

  zone(harnessParts, "./chaos", [], "Only harness/scenario, harness/session and harness/cli know chaos."),
  zone(
    [...harnessParts, "./harness/scenario"],
    "./reports",
    [],
    "Only harness/session and harness/cli know reports.",
  ),
  zone(harnessParts, ["./harness/scenario", "./harness/session", "./harness/cli"], [], table),
  zone("./harness/scenario", ["./harness/session", "./harness/cli"], [], table),
  zone("./harness/session", "./harness/cli", [], table),

  zone("./chaos", "./reports", [], table),
  zone(
    "./chaos",
    "./harness",
    ["./record", "./config", "./statistics", "./rig/node-handle.ts", "./errors.ts", "./exit-codes.ts"],
    table,
  ),
  zone("./reports", "./chaos", [], table),
  zone(
    "./reports",
    "./harness",
    [
      ...[
        "./record",
        "./judge",
        "./compare",
        "./sweep",
        "./repeat",
        "./trend",
        "./characterize",
        "./config",
        "./statistics",
      ],
      ...["./errors.ts", "./exit-codes.ts", "./project.ts"],
    ],
    table,
  ),
  // Judging, comparing, reading recorded runs and what nodes were measured to be touch no rig.
  zone(
    ["characterize", "check", "judge", "compare", "record", "repeat", "statistics", "sweep", "trend"].map(
      (part) => `./harness/${part}`,
    ),
    ["./harness/rig", "./harness/toolchain"],
    [],
    table,
  ),
];

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "reports/runs/",
      "reports/sweeps/",
      "reports/repeats/",
      "reports/characterizations/",
      "reports/latest/",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "console",
          "process",
          "performance",
          "URL",
          "Buffer",
          "setTimeout",
          "setInterval",
          "clearInterval",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Numbers in messages, `() => something()` for an effect, and `x!` after a check that types cannot see are house
      // style; `||` is wanted where an empty string counts as absent.
      "@typescript-eslint/restrict-template-expressions": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/prefer-nullish-coalescing": "off",
      "@typescript-eslint/no-empty-function": "off",
      // What YAML and JSON hold is unknown until it is shown.
      "@typescript-eslint/no-base-to-string": "off",
      // The Kubernetes client's bodies are classes by name and plain objects in use.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
    },
  },
  {
    // Tests look into parsed files freely, and clean up what a failed `before` never made.
    files: ["**/*.test.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
    },
  },
  {
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".mjs"] })] },
    rules: {
      "max-lines": ["error", { max: 300 }],
      eqeqeq: "error",
      "import-x/no-restricted-paths": ["error", { zones, basePath: import.meta.dirname }],
    },
  },
  {
    files: ["chaos/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { patterns: [{ group: ["**/harness/rig/**"], allowTypeImports: true, message: table }] },
      ],
    },
  },
  {
    files: ["fixtures/k6/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^(?!k6(/|$)|\\./[a-z-]+\\.ts$)",
              message: "k6 scripts import k6's modules and each other only.",
            },
          ],
        },
      ],
    },
  },
);

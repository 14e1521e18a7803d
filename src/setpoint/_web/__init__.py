"""The page on a store's runs: a server on this machine that knows ``_query`` only. Its calls: docs/design/page.md."""

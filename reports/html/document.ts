import { createHash } from 'node:crypto'
import { escapeHtml, scriptJson } from './escape.ts'
import type { Html } from './html.ts'

/** A page in its parts. */
export interface Page {
  title: string
  body: Html
  style: string
  /** What runs in the page, if anything does. */
  client?: {
    script: string
    /** What the script draws from. */
    model: unknown
    /** Rows of the history, packed. */
    rowsBase64: string
  }
}

/**
 * A page as one file that asks for nothing else. Its policy lets only this style and this script run, by
 * their hashes, and forbids every connection.
 */
export function htmlDocument({ title, body, style, client }: Page): string {
  const policy = [
    "default-src 'none'",
    ...(client ? [`script-src '${hashOf(client.script)}'`] : []),
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body.html}
${client ? clientElements(client) : ''}</body>
</html>
`
}

function clientElements({ script, model, rowsBase64 }: NonNullable<Page['client']>): string {
  return `<script type="application/json" id="model">${scriptJson(model)}</script>
<script type="text/plain" id="rows">${rowsBase64}</script>
<script>${script}</script>
`
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

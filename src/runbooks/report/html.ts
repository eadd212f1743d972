/** The report of a run as a page: what its Markdown says, with nothing active in it. */
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
pre { overflow-x: auto; padding: .75rem; background: #8881; border-radius: .25rem }
table { border-collapse: collapse } td, th { padding: .25rem .75rem; border: 1px solid #8884; text-align: left }
:root { color-scheme: light dark }
`

export function htmlReport(title: string, markdown: string): string {
  // Whatever HTML stands in it is shown as text: so it is by default.
  const body = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function escaped(text: string): string {
  return text.replaceAll(/[&<>]/g, (sign) => SIGNS[sign] ?? sign)
}

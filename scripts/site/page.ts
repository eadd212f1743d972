import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { slugsOf } from '../lib/slugs.ts'
import { addressOf, INDEX, linkInSite, wayTo } from './links.ts'
import type { MenuGroup } from './menu.ts'

interface Source {
  /** Its path in the repository. */
  source: string
  markdown: string
  menu: readonly MenuGroup[]
  isPage: ReadonlySet<string>
  files: Set<string>
}

/** Of a page that has so many chapters, the menu names each. */
const MANY_CHAPTERS = 60

/** One page of the site: plain HTML, without a script, that a phone and a screen reader can read. */
export function pageHtml(page: Source): string {
  const { source } = page
  const body = bodyOf(page)
  const title = /<h1[^>]*>(.*?)<\/h1>/.exec(body)?.[1]?.replaceAll(/<[^>]+>/g, '') ?? source
  const home = wayTo('index.html', source)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${source === INDEX ? title : `${title} – stella`}</title>
<link rel="icon" type="image/svg+xml" href="${wayTo('star.svg', source)}">
<link rel="stylesheet" href="${wayTo('style.css', source)}">
</head>
<body>
<a class="skip" href="#text">To the text</a>
<header class="top">
<a class="brand" href="${home}"><img src="${wayTo('star.svg', source)}" alt="" width="20" height="20">stella</a>
<a class="to-menu" href="#menu">All pages</a>
</header>
<div class="sheet">
<main id="text" tabindex="-1">
${body}
</main>
<nav id="menu" aria-label="Pages">
${menuHtml(page, body)}
</nav>
</div>
</body>
</html>
`
}

function bodyOf({ source, markdown, isPage, files }: Source): string {
  // HTML in a page is shown as text: so it is by default.
  const html = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] })
  const slugs = slugsOf(markdown)
  return html
    .replaceAll(/<h([1-6])>/g, (_, depth: string) => `<h${depth} id="${slugs.shift() ?? ''}">`)
    .replaceAll(
      / (href|src)="([^"]*)"/g,
      (_, name: string, link: string) =>
        ` ${name}="${linkInSite(link, source, { isPage, files })}"`,
    )
    .replaceAll('<table>', '<div class="wide"><table>')
    .replaceAll('</table>', '</table></div>')
}

function menuHtml({ source, menu }: Source, body: string): string {
  return menu
    .map(({ title, pages }) => {
      const items = pages.map((page) => {
        const isHere = page.source === source
        const here = isHere ? ' aria-current="page"' : ''
        const link = `<a href="${wayTo(addressOf(page.source), source)}"${here}>${escaped(page.title)}</a>`
        return `<li>${link}${isHere ? chaptersHtml(body) : ''}</li>`
      })
      return `<h2>${escaped(title)}</h2>\n<ul>\n${items.join('\n')}\n</ul>`
    })
    .join('\n')
}

/** The chapters of the page that is open. */
function chaptersHtml(body: string): string {
  const chapters = [...body.matchAll(/<h2 id="([^"]+)">(.*?)<\/h2>/g)]
  if (chapters.length < 2 || chapters.length > MANY_CHAPTERS) return ''
  const items = chapters.map(
    ([, id = '', text = '']) =>
      `<li><a href="#${id}">${text.replaceAll(/<\/?a[^>]*>/g, '')}</a></li>`,
  )
  return `\n<ul>${items.join('')}</ul>`
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function escaped(text: string): string {
  return text.replaceAll(/[&<>]/g, (sign) => SIGNS[sign] ?? sign)
}

/** What a terminal showed, as a picture of text: it stays sharp, is small, and can be selected. */

/** Pixels of one character of the picture's font, and of one line. */
const CHARACTER = { width: 8.43, height: 20 }
const MARGIN = 18
/** The bar with the three dots above the text. */
const BAR = 34

interface Style {
  isBold: boolean
  isDim: boolean
  /** A class of the picture's style sheet, or none. */
  colour: string | null
}

interface Run {
  text: string
  style: Style
}

const PLAIN: Style = { isBold: false, isDim: false, colour: null }

/** SGR parameters (ECMA-48, 8.3.117) that stella's output uses; the rest change nothing. */
const CHANGES: Readonly<Record<string, (style: Style) => Style>> = {
  '0': () => PLAIN,
  '1': (style) => ({ ...style, isBold: true }),
  '2': (style) => ({ ...style, isDim: true }),
  '22': (style) => ({ ...style, isBold: false, isDim: false }),
  '31': (style) => ({ ...style, colour: 'bad' }),
  '32': (style) => ({ ...style, colour: 'good' }),
  '39': (style) => ({ ...style, colour: null }),
}

/**
 * @param lines as a terminal was sent them, with their SGR sequences
 * @param columns the terminal's width, characters
 * @param title what the picture shows, for those who do not see it
 */
export function terminalSvg(lines: readonly string[], columns: number, title: string): string {
  const width = Math.ceil(columns * CHARACTER.width + 2 * MARGIN)
  const height = BAR + lines.length * CHARACTER.height + MARGIN
  let style = PLAIN
  const texts = lines.map((line, at) => {
    const read = readRuns(line, style)
    style = read.style
    const y = BAR + (at + 1) * CHARACTER.height - 5
    return `<text x="${MARGIN}" y="${y}">${read.runs.map(tspan).join('')}</text>`
  })
  const dots = ['#e0605b', '#d9a53c', '#5aa65a'].map(
    (fill, at) => `<circle cx="${MARGIN + 6 + at * 20}" cy="17" r="6" fill="${fill}"/>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>text{font:14px/20px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;fill:#d8d8e2;white-space:pre}',
    '.b{font-weight:700;fill:#fff}.d{fill:#9a9aae}.bad{fill:#ff8a80}.good{fill:#8fd694}</style>',
    `<rect width="${width}" height="${height}" rx="9" fill="#1d1d2b"/>`,
    ...dots,
    ...texts,
    '</svg>',
    '',
  ].join('\n')
}

function readRuns(line: string, from: Style): { runs: Run[]; style: Style } {
  const runs: Run[] = []
  let style = from
  // oxlint-disable-next-line no-control-regex -- a terminal's sequences begin with ESC
  for (const [, codes, text] of line.matchAll(/\u001B\[([\d;]*)m|([^\u001B]+)/g)) {
    if (text !== undefined) runs.push({ text, style })
    for (const code of codes?.split(';') ?? []) style = CHANGES[code || '0']?.(style) ?? style
  }
  return { runs, style }
}

function tspan({ text, style }: Run): string {
  const classes = [style.isBold && 'b', style.isDim && 'd', style.colour].filter(Boolean)
  if (classes.length === 0) return escaped(text)
  return `<tspan class="${classes.join(' ')}">${escaped(text)}</tspan>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

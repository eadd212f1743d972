import fc from 'fast-check'
import { expect, it } from 'vitest'
import { terminalSvg } from './terminal-svg.ts'

/** What somebody reads who copies the picture's text. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, inner = '']) =>
    inner
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  )
}

it('keeps a style up to where it ends, over lines as well', () => {
  const svg = terminalSvg(['\u001B[1m\u001B[31mKilled\u001B[39m by', 'it\u001B[22m now'], 80, 'x')
  expect(svg).toContain('<tspan class="b bad">Killed</tspan><tspan class="b"> by</tspan>')
  expect(svg).toContain('<tspan class="b">it</tspan> now')
})

it('shows every line as it was written', () => {
  const line = fc.stringMatching(/^[ -~é…]{1,40}$/)
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
      expect(textsOf(terminalSvg(lines, 80, '<a & b>'))).toEqual(lines)
    }),
  )
})

/** Texts as they arrive from the world: recorded ones, damaged on their way. */
import fc from 'fast-check'

type Damage = (lines: string[], random: readonly number[]) => string[]

const at = (random: readonly number[], index: number, below: number): number =>
  below === 0 ? 0 : (random[index] ?? 0) % below

/** What happens to logs on their way: cut, mixed, wrapped, quoted, doubled, garbled. */
const DAMAGES: readonly Damage[] = [
  (lines, random) => lines.slice(at(random, 0, lines.length)),
  (lines, random) => lines.slice(0, at(random, 0, lines.length)),
  (lines, random) => lines.toSpliced(at(random, 0, lines.length), at(random, 1, 12)),
  (lines, random) =>
    lines.toSpliced(at(random, 0, lines.length), 0, lines[at(random, 1, lines.length)] ?? ''),
  (lines) => lines.map((line) => `> ${line}`),
  (lines, random) => lines.flatMap((line) => wrap(line, 40 + at(random, 0, 60))),
  (lines, random) =>
    lines.map((line, i) => (i === at(random, 0, lines.length) ? garble(line, random) : line)),
  (lines, random) =>
    lines.map((line, i) => (i % 7 === at(random, 0, 7) ? line.slice(0, at(random, 1, 200)) : line)),
  (lines) => [...lines, ...lines],
  (lines) => lines.map((line) => `${line}\r`),
  (lines) =>
    lines.map((line) =>
      line.replaceAll('(tail)', '(a) x (b)').replaceAll('task=tail', 'task=x,pid=1,uid=0'),
    ),
  (lines, random) =>
    lines.toSorted((a, b) => a.length * at(random, 0, 97) - b.length * at(random, 1, 89)),
]

function wrap(line: string, width: number): string[] {
  const pieces: string[] = []
  let rest = line
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width)
    const end = blank > 0 ? blank : width
    pieces.push(rest.slice(0, end))
    rest = rest.slice(blank > 0 ? end + 1 : end)
  }
  return [...pieces, rest]
}

function garble(line: string, random: readonly number[]): string {
  const position = at(random, 2, line.length + 1)
  const junk =
    ['\0', '\uFFFD', '[', ')', ',pid=', '\u001b[31m', '999999999999', ' ', '"', '\\'][
      at(random, 3, 10)
    ] ?? ''
  return line.slice(0, position) + junk + line.slice(position + at(random, 4, 9))
}

/** Any of the seeds, cut, mixed, wrapped, quoted, doubled, garbled, up to four times over. */
export function damaged(seeds: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(
        fc.tuple(fc.nat(DAMAGES.length - 1), fc.array(fc.nat(), { minLength: 5, maxLength: 5 })),
        {
          maxLength: 4,
        },
      ),
      fc.option(fc.string({ unit: 'binary', maxLength: 80 })),
    )
    .map(([seed, damages, junk]) => {
      let lines = seed.split('\n')
      for (const [which, random] of damages) {
        const next = DAMAGES[which]?.(lines, random) ?? lines
        lines = next.length > 5000 ? next.slice(0, 5000) : next
      }
      return junk === null ? lines.join('\n') : `${lines.join('\n')}\n${junk}`
    })
}

import type { Word } from '../workload.ts'
import { part, placeOf } from './spelled.ts'
import type { Setting } from './unit-file.ts'
import { unitWords, type UnitWord } from './unit-words.ts'

/** Letters that systemd puts something in the place of (systemd.unit(5), specifiers). */
const SPECIFIER = /%([a-zA-Z%])/g

/** The words of a setting, each at its place. */
export function wordsOfSetting({ value }: Setting): Word[] {
  return unitWords(value, 'kept').words.map(wordOf)
}

/** What only the machine knows is as unknown as a variable. */
function wordOf({ text, place, raw }: UnitWord): Word {
  if (raw === '\\;') return { text: ';', place }
  const known = text.replace(SPECIFIER, (_, letter: string) =>
    letter === '%' ? '%' : `$${letter}`,
  )
  return { text: known, place }
}

/** The commands of `ExecStart=` and its like: several are separated by a semicolon that stands alone. */
export function commandsOf({ value }: Setting): Word[][] {
  const { words, isWhole } = unitWords(value, 'kept')
  if (!isWhole) return []
  const commands: UnitWord[][] = [[]]
  for (const word of words) {
    if (word.raw === ';') commands.push([])
    else commands.at(-1)?.push(word)
  }
  return commands.flatMap((command) => {
    const [program, ...rest] = command
    if (program === undefined) return []
    const prefix = /^[-@:+!|]*/.exec(program.text)?.[0] ?? ''
    const path = part(program, prefix.length)
    // Behind @ the next word is the name that the program sees.
    const own = prefix.includes('@') ? rest.slice(1) : rest
    return [[{ text: path.text, place: placeOf(path) }, ...own.map(wordOf)]]
  })
}

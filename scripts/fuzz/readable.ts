/** Words for people hold no figure that is none. */
import { must } from './sound.ts'

/** What a program says of a figure that is none; in the input, as part of a longer word, too. */
const SAID = /(?<![A-Za-z])(?:NaN|undefined|Infinity)|\[object /g
/** Each as long as what it stands for, and as little a number. */
const STAND_INS: readonly (readonly [string, string])[] = [
  ['NaN', 'NbN'],
  ['undefined', 'undefimed'],
  ['Infinity', 'Infimity'],
  ['[object ', '[objekt '],
]

/**
 * What stands in the input may be quoted: with stand-ins in their place, as many are quoted. A figure that is none stays one.
 *
 * @param text what was told of `given`
 * @param tell tells it of another input
 */
export async function mustBeReadable(
  text: string,
  given: Buffer,
  tell: (bytes: Buffer) => unknown,
): Promise<void> {
  const said = text.match(SAID) ?? []
  if (said.length === 0) return
  const again = await tell(withStandIns(given))
  const quoted = typeof again === 'string' ? standInsIn(again) : 0
  must(said.length <= quoted, `it says ${said[0]}`)
}

function withStandIns(given: Buffer): Buffer {
  const text = STAND_INS.reduce(
    (earlier, [word, standIn]) => earlier.replaceAll(word, standIn),
    given.toString('latin1'),
  )
  return Buffer.from(text, 'latin1')
}

function standInsIn(text: string): number {
  return STAND_INS.reduce((count, [, standIn]) => count + text.split(standIn).length - 1, 0)
}

import type { Variable } from '../workload.ts'
import { part, placeOf } from './spelled.ts'
import { wordsOfSetting } from './unit-command.ts'
import type { Setting } from './unit-file.ts'
import { unitWords } from './unit-words.ts'
import { valuesOf, type WholeUnit } from './units.ts'

/** Files of variables stand above `Environment=`, and may say anything. */
export function environmentOf(
  unit: WholeUnit,
  section: string,
): { environment: Map<string, Variable>; environmentIsWhole: boolean } {
  const environment = variablesOf(valuesOf(unit, section, 'Environment'))
  const isWhole = ['EnvironmentFile', 'PassEnvironment', 'EnvironmentHost'].every(
    (key) => valuesOf(unit, section, key).length === 0,
  )
  for (const setting of valuesOf(unit, section, 'UnsetEnvironment')) {
    for (const { text } of wordsOfSetting(setting)) environment.delete(text)
  }
  return { environment, environmentIsWhole: unit.isWhole && isWhole }
}

/** The variables of `Environment=`. */
function variablesOf(settings: readonly Setting[]): Map<string, Variable> {
  const found = new Map<string, Variable>()
  for (const { section, value } of settings) {
    const { words, isWhole } = unitWords(value, 'refused')
    // systemd keeps what came before an error, and Quadlet nothing of the line.
    for (const word of isWhole || section === 'Service' ? words : []) {
      const equals = word.text.indexOf('=')
      const name = equals === -1 ? word.text : word.text.slice(0, equals)
      // A name alone is taken from the machine by Podman, and refused by systemd.
      if (!/^[A-Za-z_]\w*$/.test(name) || (equals === -1 && section === 'Service')) continue
      const text = part(word, equals + 1).text.replaceAll('%%', '%')
      const isKnown = equals !== -1 && !/%[a-zA-Z]/.test(text)
      found.set(name, {
        value: isKnown ? text : null,
        place: equals === -1 || text === '' ? word.place : placeOf(word, equals + 1),
        name: placeOf(word, 0, name.length),
        resource: null,
      })
    }
  }
  return found
}

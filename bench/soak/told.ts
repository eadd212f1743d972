/** Whether each kill of a soak is one case, in the journal of the watch and on the server that it sends to. */
import { readJournal } from '../../src/store/cases.ts'
import type { Kill } from './kills.ts'

export interface Told {
  /** Asks the server, which drops what is old. */
  look(url: string): Promise<void>
  /** Of kills that are none, or several; at the end. */
  faults(kills: readonly Kill[], watchData: string): Promise<readonly string[]>
}

interface Page {
  cases: { id: string; victim: { name: string | null } | null }[]
}

export function openTold(): Told {
  const onServer = new Map<string, Set<string>>()
  return {
    async look(url) {
      const answer = await fetch(new URL('/api/cases?limit=500&search=sk', url))
      const page: Page = JSON.parse(await answer.text())
      for (const { id, victim } of page.cases) add(onServer, victim?.name ?? '', id)
    },
    async faults(kills, watchData) {
      const inJournal = new Map<string, Set<string>>()
      for await (const entry of readJournal(watchData)) {
        if (entry.kind !== 'case') continue
        for (const { name } of entry.case.victims) add(inJournal, name ?? '', entry.incident)
      }
      return kills.flatMap(({ victim, kind }) => {
        const [told, kept] = [inJournal, onServer].map((cases) => cases.get(victim)?.size ?? 0)
        if (told === 1 && kept === 1) return []
        return [`${victim} (${kind}) is ${told} cases of the watch, ${kept} of the server`]
      })
    },
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value))
}

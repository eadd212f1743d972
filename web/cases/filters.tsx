import { VERDICTS_IN_WORDS } from '../../src/model/codes.ts'
import type { OverviewDocument } from '../../src/server/contract.ts'
import { SearchField } from '../parts/search-field.tsx'
import { filterBy } from '../shell/router.ts'
import type { Place } from '../shell/router.ts'
import { isFiltered, SPANS } from './filter.ts'

interface FiltersProps {
  here: Place
  known: OverviewDocument | null
}

export function Filters({ here, known }: FiltersProps) {
  const { query } = here
  const verdict = query.get('verdict') ?? ''
  const verdicts = VERDICTS_IN_WORDS.filter(
    ({ code }) => (known?.counts[code] ?? 0) > 0 || code === verdict,
  )
  const hosts = known?.hosts ?? []
  return (
    <search class="filters">
      <SearchField here={here} name="search" placeholder="name, id or image" />
      <label class="field">
        <span>Verdict</span>
        <select
          value={verdict}
          onChange={(event) => filterBy(here, 'verdict', event.currentTarget.value)}
        >
          <option value="">any</option>
          {verdicts.map(({ code, title }) => (
            <option key={code} value={code}>
              {title} ({(known?.counts[code] ?? 0).toLocaleString('en')})
            </option>
          ))}
        </select>
      </label>
      {hosts.length > 1 || query.has('host') ? (
        <label class="field">
          <span>Host</span>
          <select
            value={query.get('host') ?? ''}
            onChange={(event) => filterBy(here, 'host', event.currentTarget.value)}
          >
            <option value="">any</option>
            {hosts.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <label class="field">
        <span>When</span>
        <select
          value={query.get('since') ?? ''}
          onChange={(event) => filterBy(here, 'since', event.currentTarget.value)}
        >
          <option value="">any time</option>
          {Object.entries(SPANS).map(([id, { name }]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {isFiltered(query) ? (
        <a class="button" href="/cases">
          Leave out all filters
        </a>
      ) : null}
    </search>
  )
}

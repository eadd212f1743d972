import { useEffect, useRef } from 'preact/hooks'
import { VERDICT_CODES } from '../../src/model/case.ts'
import type { OverviewDocument } from '../../src/server/contract.ts'
import type { Place } from '../shell/router.ts'
import { SHORT_VERDICTS } from '../words/verdict.ts'
import { filterBy, isFiltered, SPANS } from './filter.ts'

const TYPING_MS = 250

interface FiltersProps {
  here: Place
  known: OverviewDocument | null
}

export function Filters({ here, known }: FiltersProps) {
  const { query } = here
  const verdict = query.get('verdict') ?? ''
  const codes = VERDICT_CODES.filter((code) => (known?.counts[code] ?? 0) > 0 || code === verdict)
  const hosts = known?.hosts ?? []
  return (
    <search class="filters">
      <SearchField here={here} />
      <label class="field">
        <span>Verdict</span>
        <select
          value={verdict}
          onChange={(event) => filterBy(here, 'verdict', event.currentTarget.value)}
        >
          <option value="">any</option>
          {codes.map((code) => (
            <option key={code} value={code}>
              {SHORT_VERDICTS[code]} ({(known?.counts[code] ?? 0).toLocaleString('en')})
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

function SearchField({ here }: { here: Place }) {
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const wanted = here.query.get('search') ?? ''
  // The address may change without the field, by the browser's own back.
  useEffect(() => {
    if (field.current !== null && document.activeElement !== field.current)
      field.current.value = wanted
  }, [wanted])
  useEffect(() => () => clearTimeout(timer.current), [])
  // "/" leads here, as in many tools; not while something is being typed.
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping =
        event.target instanceof Element && event.target.matches('input, select, textarea')
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      field.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  function search(text: string): void {
    clearTimeout(timer.current)
    filterBy(here, 'search', text.trim())
  }

  return (
    <label class="field field-search">
      <span>Search</span>
      <input
        ref={field}
        type="search"
        placeholder="name, id or image"
        maxLength={200}
        defaultValue={wanted}
        onInput={({ currentTarget }) => {
          clearTimeout(timer.current)
          timer.current = setTimeout(() => search(currentTarget.value), TYPING_MS)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.currentTarget.value = ''
          search('')
        }}
      />
    </label>
  )
}

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { LiveView, Overview } from '../../src/server/contract.ts'
import type { GroupDocument, LiveViewDocument } from '../../src/server/contract.ts'
import { formatBytes } from '../../src/model/bytes.ts'
import { Notice } from '../parts/notice.tsx'
import { Unanswered } from '../parts/unanswered.tsx'
import { connection, entries, round } from '../server/events.ts'
import { useAsk } from '../server/use-ask.ts'
import { announce } from '../shell/announce.ts'
import { go, place, withQuery } from '../shell/router.ts'
import { useStore } from '../shell/store.ts'
import { useTitle } from '../shell/title.ts'
import { counted } from '../words/time.ts'
import { byDanger, dangerOf } from './danger.ts'
import { GroupRow } from './group-row.tsx'
import { Heading } from '../shell/heading.tsx'

/** Rows that are drawn; a machine may have thousands of groups. */
const SHOWN = 200
/** Rows do not change places more often than somebody can follow. */
const ORDER_MS = 5_000

/** All containers and memory groups of the server's own machine, the ones in danger first. */
export function Live() {
  const streamed = useStore(round)
  const asked = useAsk('/api/live', LiveView)
  useTitle('Live')
  const view = streamed ?? (asked.answer?.kind === 'ready' ? asked.answer.value : null)
  return (
    <>
      <div class="view-head">
        <Heading>Live</Heading>
        <p class="lead">{view === null ? 'All containers and memory groups.' : headline(view)}</p>
      </div>
      <Unseen view={view} />
      {view !== null ? (
        <Groups view={view} />
      ) : asked.answer?.kind === 'missing' ? (
        <Notice title="This server watches no machine of its own">
          <p>
            It was started with <code>--no-watch</code>, or has just begun. Cases that other hosts
            send stand under <a href="/cases">Cases</a>.
          </p>
        </Notice>
      ) : (
        <Unanswered answer={asked.answer} what="the memory groups" />
      )}
    </>
  )
}

function Groups({ view }: { view: LiveViewDocument }) {
  const here = useStore(place)
  const isAway = useStore(connection) === 'away'
  const [search, setSearch] = useState('')
  const [showsAll, setShowsAll] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const order = useOrder(view, box)
  useDangerTold(view)
  const wanted = search.trim().toLowerCase()
  const fitting = order.filter(
    ({ name, path }) => wanted === '' || `${name} ${path}`.toLowerCase().includes(wanted),
  )
  const shown = showsAll ? fitting : fitting.slice(0, SHOWN)
  const opened = here.query.get('group')
  return (
    <>
      <search class="filters">
        <label class="field field-search">
          <span>Search</span>
          <input
            type="search"
            placeholder="name or path"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <p class="faint filters-note">
          {isAway ? 'The figures are the last ones before the server went away. ' : ''}
          The nearest to its limit first; open one to see its course.
        </p>
      </search>
      {fitting.length === 0 ? (
        <Notice title={wanted === '' ? 'There is no memory group' : 'No group fits'} />
      ) : (
        <div class="groups" ref={box}>
          <table class="live" aria-busy={isAway}>
            <caption class="hidden">Memory groups, the nearest to its limit first</caption>
            <thead>
              <tr>
                <th scope="col">Group</th>
                <th scope="col">In use, of its limit</th>
                <th scope="col">Last minute</th>
                <th scope="col" class="number">
                  Growth
                </th>
                <th scope="col" class="number">
                  Pressure
                </th>
                <th scope="col" class="number">
                  Until the limit
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((group) => (
                <GroupRow
                  key={group.path}
                  group={group}
                  isOpen={opened === group.path}
                  onToggle={(isOpen) =>
                    go(withQuery(here, { group: isOpen ? group.path : null }), { replace: true })
                  }
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < fitting.length ? (
        <button type="button" class="button" onClick={() => setShowsAll(true)}>
          Show all {fitting.length.toLocaleString('en')}
        </button>
      ) : null}
    </>
  )
}

/** The rows in their order, which is kept while somebody points at one of them or is in it with the keyboard. */
function useOrder(view: LiveViewDocument, box: { current: HTMLElement | null }): GroupDocument[] {
  const rank = useRef<{ at: number; paths: Map<string, number> }>({ at: 0, paths: new Map() })
  return useMemo(() => {
    const isHeld = box.current?.matches(':hover, :focus-within') === true
    if (!isHeld && Date.now() - rank.current.at >= ORDER_MS) {
      const paths = view.groups
        .toSorted(byDanger)
        .map(({ path }, at): [string, number] => [path, at])
      rank.current = { at: Date.now(), paths: new Map(paths) }
    }
    const { paths } = rank.current
    const placeOf = ({ path }: GroupDocument): number => paths.get(path) ?? paths.size
    return view.groups.toSorted((a, b) => placeOf(a) - placeOf(b) || byDanger(a, b))
  }, [view])
}

/** Whoever listens is told once when a group comes to its limit. */
function useDangerTold(view: LiveViewDocument): void {
  const before = useRef<Set<string> | null>(null)
  useEffect(() => {
    const full = view.groups.filter((group) => dangerOf(group) === 'at-limit')
    const known = before.current
    before.current = new Set(full.map(({ path }) => path))
    const added = known === null ? [] : full.filter(({ path }) => !known.has(path))
    if (added.length > 0) announce(`At its limit: ${added.map(({ name }) => name).join(', ')}`)
  }, [view])
}

/** Silence from what cannot be seen proves nothing. */
function Unseen({ view }: { view: LiveViewDocument | null }) {
  const overview = useAsk('/api/overview', Overview, useStore(entries))
  const told = overview.answer?.kind === 'ready' ? overview.answer.value.blind : []
  const sentences = [...new Set([...told, ...(view?.unknown ?? [])])]
  if (sentences.length === 0) return null
  return (
    <details class="blind">
      <summary>{counted(sentences.length, 'thing')} cannot be seen at the moment</summary>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  )
}

function headline({ groups, host }: LiveViewDocument): string {
  const living = groups.filter(({ removed }) => !removed)
  const full = living.filter((group) => dangerOf(group) !== 'none').length
  const danger =
    full === 0 ? 'none near its limit' : `${full} near ${full === 1 ? 'its' : 'their'} limit`
  const left =
    host.totalBytes === null || host.availableBytes === null
      ? ''
      : ` The machine has ${formatBytes(host.availableBytes)} of ${formatBytes(host.totalBytes)} left.`
  return `${counted(living.length, 'group')}, ${danger}.${left}`
}

/** Where in the page one is: views have paths, so that an address can be sent to somebody. */
import { createStore } from './store.ts'

export interface Place {
  path: string
  query: URLSearchParams
}

export const place = createStore<Place>(placeNow())

function placeNow(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) }
}

/** Goes somewhere in the page. `replace` leaves no step behind, as for a filter that is being typed. */
export function go(href: string, options: { replace?: boolean } = {}): void {
  const before = location.pathname
  if (options.replace === true) history.replaceState(null, '', href)
  else history.pushState(null, '', href)
  arrive(before)
}

let hasMoved = false

function arrive(pathBefore: string): void {
  place.set(placeNow())
  if (location.pathname === pathBefore) return
  hasMoved = true
  scrollTo(0, 0)
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  // A view of the same kind keeps its heading; of another kind, the heading comes forward itself.
  requestAnimationFrame(() => focusOnArrival(document.querySelector<HTMLElement>('main h1')))
}

/** Puts the focus on a heading, where one came from another view and has not gone on since. */
export function focusOnArrival(heading: HTMLElement | null): void {
  if (hasMoved && document.activeElement === document.body) heading?.focus()
}

/** Takes clicks on links of the page, and the browser's own back and forward. */
export function watchLinks(): () => void {
  let path = location.pathname
  const leaveStore = place.subscribe(() => (path = place.get().path))
  const onBack = (): void => arrive(path)
  document.addEventListener('click', onClick)
  addEventListener('popstate', onBack)
  return () => {
    leaveStore()
    document.removeEventListener('click', onClick)
    removeEventListener('popstate', onBack)
  }
}

function onClick(event: MouseEvent): void {
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey
  if (!isPlain || event.defaultPrevented || !(event.target instanceof Element)) return
  const link = event.target.closest('a')
  if (link === null || link.origin !== location.origin || link.hasAttribute('download')) return
  if (link.getAttribute('href')?.startsWith('#') === true || link.target !== '') return
  event.preventDefault()
  go(link.pathname + link.search)
}

/** The address of this view with other values in its query; null or empty leaves one out. */
export function withQuery(from: Place, changes: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(from.query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  return text === '' ? from.path : `${from.path}?${text}`
}

/** Another filter begins at the first page again. */
export function filterBy(here: Place, name: string, value: string): void {
  go(withQuery(here, { [name]: value, after: null }), { replace: true })
}

import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { arrivals } from '../server/events.ts'
import { useStore } from '../shell/store.ts'
import { Notice } from './notice.tsx'

const AFTER_FIRST_VIEW_MS = 1_000

/** Parts that were not needed yet. */
const waiting = new Set<() => Promise<unknown>>()

/** A part of the page that is fetched when it is needed first, or when there is nothing else to do. */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null
  waiting.add(load)
  return function Lazy(props: Props) {
    const [Part, setPart] = useState(() => loaded)
    const [hasFailed, setFailed] = useState(false)
    // A server that comes back has it again.
    const arrival = useStore(arrivals)
    useEffect(() => {
      if (Part !== null) return
      load().then(
        (part) => {
          loaded = part
          setPart(() => part)
        },
        () => setFailed(true),
      )
    }, [arrival])
    if (Part !== null) return <Part {...props} />
    if (!hasFailed) return <p class="waiting">Fetching this part of the page …</p>
    return (
      <Notice title="This part of the page could not be fetched" tone="bad">
        <p>
          The server is away, and this comes as soon as it is back; or it has a newer page, which
          has to be loaded again.
        </p>
        <button type="button" class="button" onClick={() => location.reload()}>
          Load again
        </button>
      </Notice>
    )
  }
}

/** Fetches the other parts once the first view stands: the server may be away when they are wanted. */
export function fetchRestWhenIdle(): void {
  const fetchOne = async (): Promise<void> => {
    for (const load of waiting) {
      waiting.delete(load)
      // Whoever needs it is told, and this is only a precaution. A part may bring more of them.
      await load().catch(() => undefined)
    }
  }
  setTimeout(() => void fetchOne(), AFTER_FIRST_VIEW_MS)
}

import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Notice } from './notice.tsx'

/** A part of the page that is fetched when it is needed first. */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null
  return function Lazy(props: Props) {
    const [Part, setPart] = useState(() => loaded)
    const [hasFailed, setFailed] = useState(false)
    useEffect(() => {
      if (Part !== null) return
      load().then(
        (part) => {
          loaded = part
          setPart(() => part)
        },
        () => setFailed(true),
      )
    }, [])
    if (Part !== null) return <Part {...props} />
    if (!hasFailed) return <p class="waiting">Fetching this part of the page …</p>
    return (
      <Notice title="This part of the page could not be fetched" tone="bad">
        <p>The server is away, or has a newer page: load it again.</p>
        <button type="button" class="button" onClick={() => location.reload()}>
          Load again
        </button>
      </Notice>
    )
  }
}

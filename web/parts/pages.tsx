import type { Place } from '../shell/router.ts'
import { withQuery } from '../shell/router.ts'

/** Newer and older; the address of each page can be kept. */
export function Pages({ here, next }: { here: Place; next: string | null }) {
  const isFirst = !here.query.has('after')
  if (isFirst && next === null) return null
  return (
    <nav class="pages" aria-label="Pages">
      {isFirst ? null : (
        <>
          <a class="button" href={withQuery(here, { after: null })}>
            Newest
          </a>
          <button type="button" class="button" onClick={() => history.back()}>
            Back
          </button>
        </>
      )}
      {next === null ? (
        <span class="faint">There are no older ones.</span>
      ) : (
        <a class="button" href={withQuery(here, { after: next })}>
          Older
        </a>
      )}
    </nav>
  )
}

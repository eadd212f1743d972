import type { Case } from '../../src/model/case.ts'
import { CopyButton } from '../parts/copy.tsx'
import { announce } from '../shell/announce.ts'

/** The same report as `stella cases show --markdown`, for a ticket; secrets are taken out of it once more. */
export function Share({ found }: { found: Case }) {
  async function download(): Promise<void> {
    const address = URL.createObjectURL(
      new Blob([await markdownOf(found)], { type: 'text/markdown;charset=utf-8' }),
    )
    const link = document.createElement('a')
    link.href = address
    link.download = `stella-${found.id}.md`
    link.click()
    URL.revokeObjectURL(address)
    announce('The report was downloaded')
  }

  return (
    <div class="share-buttons" role="group" aria-label="Share as Markdown">
      <CopyButton
        text={() => markdownOf(found)}
        what="the report in Markdown"
        label="Copy as Markdown"
      />
      <button type="button" class="button" onClick={() => void download()}>
        Download as Markdown
      </button>
    </div>
  )
}

/** Fetched when it is wanted first. */
async function markdownOf(found: Case): Promise<string> {
  const [{ markdownReport }, { redactCase }] = await Promise.all([
    import('../../src/report/markdown.ts'),
    import('../../src/evidence/redact.ts'),
  ])
  return markdownReport([redactCase(found)], [])
}

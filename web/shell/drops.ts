/** Files that are dropped: on any view, for nobody aims, and a browser would go away to the file instead. */
import { go } from './router.ts'
import { createStore } from './store.ts'

/** Whether files are held over the page. */
export const isDragging = createStore(false)

export function watchDrops(): () => void {
  document.addEventListener('dragover', onOver)
  document.addEventListener('dragleave', onLeave)
  document.addEventListener('drop', onDrop)
  return () => {
    document.removeEventListener('dragover', onOver)
    document.removeEventListener('dragleave', onLeave)
    document.removeEventListener('drop', onDrop)
  }
}

function onOver(event: DragEvent): void {
  if (event.dataTransfer?.types.includes('Files') !== true) return
  event.preventDefault()
  isDragging.set(true)
}

function onLeave({ relatedTarget }: DragEvent): void {
  if (relatedTarget === null) isDragging.set(false)
}

function onDrop(event: DragEvent): void {
  const { dataTransfer } = event
  if (dataTransfer === null || dataTransfer.files.length === 0) return
  event.preventDefault()
  isDragging.set(false)
  // What was dropped can only be asked for while the drop lasts.
  const entries = [...dataTransfer.items].map((item) => item.webkitGetAsEntry())
  const files = [...dataTransfer.files]
  void read(entries, files)
}

async function read(
  entries: readonly (FileSystemEntry | null)[],
  files: readonly File[],
): Promise<void> {
  const [{ droppedFiles }, { start }] = await Promise.all([
    import('../try/given-files.ts'),
    import('../try/trial.ts'),
  ])
  go('/try')
  start(await droppedFiles(entries, files))
}

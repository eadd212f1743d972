import { useRef, useState } from 'preact/hooks'
import { isDragging } from '../shell/drops.ts'
import { useStore } from '../shell/store.ts'
import example from './example.dmesg.txt?raw'
import { chosenFiles, pastedText } from './given-files.ts'
import { start } from './trial.ts'

/** Where files are dropped, chosen or pasted. The whole window takes a drop: nobody aims. */
export function DropZone() {
  const isOver = useStore(isDragging)
  const [text, setText] = useState('')
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)

  return (
    <div class="try">
      <div class={`drop ${isOver ? 'drop-over' : ''}`}>
        <svg class="drop-sign" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 15V4M7.500 8.500 12 4l4.500 4.500M4 15v4.500h16V15" />
        </svg>
        <p class="drop-title">
          {isOver ? 'Let go' : 'Drop a kernel log, or a folder, anywhere on this page'}
        </p>
        <div class="drop-buttons">
          <button type="button" class="button primary" onClick={() => files.current?.click()}>
            Choose files
          </button>
          <button type="button" class="button" onClick={() => folder.current?.click()}>
            Choose a folder
          </button>
          <button type="button" class="button" onClick={() => start(pastedText(example))}>
            See an example
          </button>
        </div>
        <p class="faint">
          dmesg, journalctl -k, docker inspect, kubectl get pod, a folder of stella cases export,
          plain or .gz
        </p>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          aria-label="Files to read"
          onChange={({ currentTarget }) => takeChosen(currentTarget)}
        />
        <input
          ref={folder}
          type="file"
          multiple
          hidden
          aria-label="Folder to read"
          {...{ webkitdirectory: true }}
          onChange={({ currentTarget }) => takeChosen(currentTarget)}
        />
      </div>
      <form
        class="paste"
        onSubmit={(event) => {
          event.preventDefault()
          start(pastedText(text))
        }}
      >
        <label for="pasted">Or paste the text</label>
        <textarea
          id="pasted"
          rows={6}
          spellcheck={false}
          placeholder="[ 4711.008] Memory cgroup out of memory: Killed process …"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={text.trim() === ''}>
          Read the text
        </button>
      </form>
    </div>
  )
}

function takeChosen(input: HTMLInputElement): void {
  if (input.files === null || input.files.length === 0) return
  const given = chosenFiles(input.files)
  // The same file may be chosen again after it was mended.
  input.value = ''
  start(given)
}

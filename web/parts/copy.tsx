import { useEffect, useState } from 'preact/hooks'
import { announce } from '../shell/announce.ts'

/** Copies a text, and says whether it did. `what` names it for whoever does not see what it stands beside. */
export function CopyButton({ text, what, label = 'Copy' }: CopyProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return undefined
    const timer = setTimeout(() => setState('idle'), 2_500)
    return () => clearTimeout(timer)
  }, [state])

  async function copy(): Promise<void> {
    const done = await copyText(typeof text === 'string' ? text : await text())
    setState(done ? 'copied' : 'failed')
    announce(done ? `Copied: ${what}` : `Not copied: the browser does not allow it`)
  }

  return (
    <button type="button" class="button copy" onClick={() => void copy()}>
      {state === 'idle' ? label : state === 'copied' ? 'Copied' : 'Not allowed'}
      <span class="hidden">: {what}</span>
    </button>
  )
}

interface CopyProps {
  text: string | (() => Promise<string>)
  what: string
  label?: string
}

/** Without TLS a browser has no clipboard interface; selecting and copying still works there. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'hidden'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

import { render } from 'preact'
import * as z from 'zod/mini'
import { fetchRestWhenIdle } from './parts/lazy.tsx'
import { Shell } from './shell/shell.tsx'
import { connect } from './server/events.ts'
import './style/tokens.css'
import './style/base.css'
import './style/shell.css'
import './style/parts.css'
import './style/cases.css'
import './style/story.css'
import './style/live.css'
import './style/try.css'

// The content policy allows no code out of strings, which checks would else be made of.
z.config({ jitless: true })

const root = document.getElementById('page')
if (root !== null) {
  connect()
  render(<Shell />, root)
  fetchRestWhenIdle()
}

import { Lab } from './lab.tsx'
import { Shelf } from './shelf.tsx'
import '../style/acting.css'
import '../style/labs.css'

/** The shelf of labs, or the room of one. */
export function Labs({ id }: { id: string | undefined }) {
  return id === undefined ? <Shelf /> : <Lab id={id} />
}

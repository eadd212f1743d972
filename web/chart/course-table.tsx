import { AsTable } from '../parts/as-table.tsx'
import { Size } from '../parts/size.tsx'
import { timeInWords } from './course.ts'
import type { Course } from './course.ts'

/** The same figures to be read one by one; made when somebody opens it. */
export function CourseTable({ course, title }: { course: Course; title: string }) {
  return (
    <AsTable title={title}>
      {() => (
        <table class="figures">
          <caption class="hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col" class="number">
                In use
              </th>
              <th scope="col" class="number">
                Limit
              </th>
              <th scope="col">What happened</th>
            </tr>
          </thead>
          <tbody>
            {rowsOf(course).map((row, at) => (
              <tr key={at}>
                <th scope="row">{timeInWords(course, row.at)}</th>
                <td class="number">{row.bytes === null ? '' : <Size bytes={row.bytes} />}</td>
                <td class="number">{row.limit === null ? '' : <Size bytes={row.limit} />}</td>
                <td>{row.what}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </AsTable>
  )
}

interface Row {
  at: number
  bytes: number | null
  limit: number | null
  what: string
}

function rowsOf({ points, marks }: Course): Row[] {
  const samples = points.map(({ at, usageBytes, limitBytes }): Row => ({
    at,
    bytes: usageBytes,
    limit: limitBytes,
    what: '',
  }))
  const told = marks.map(({ at, bytes, label }): Row => ({ at, bytes, limit: null, what: label }))
  return [...samples, ...told].toSorted((a, b) => a.at - b.at)
}

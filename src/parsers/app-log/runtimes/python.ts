import type { Signature } from '../signature.ts'

import { runtimeOom } from '../signature.ts'

/** CPython and numpy. The last line of a traceback looks the same whether it ended the program or was logged. */
export const python: Signature = {
  id: 'python',
  // `OutOfMemoryError` of PyTorch is about the memory of a graphics card, and does not match below.
  needles: ['MemoryError', '[Errno 12]'],

  read(line) {
    const array = /^(?:numpy\.[\w.]{1,60}\.)?_?ArrayMemoryError: (.*)$/.exec(line)
    if (array !== null)
      return runtimeOom(
        'python',
        'array',
        'if-last',
        line,
        `numpy got no memory for an array: ${(array[1] ?? '').slice(0, 200)}`,
      )
    if (/^MemoryError(?:: .*)?$/.test(line))
      return runtimeOom('python', 'heap', 'if-last', line, 'Python raised a MemoryError')
    const errno = /^(?:OSError|IOError|BlockingIOError): \[Errno 12\] (.*)$/.exec(line)
    if (errno !== null)
      return runtimeOom(
        'python',
        'system-call',
        'if-last',
        line,
        'A system call of Python failed for lack of memory (ENOMEM)',
      )
    if (!line.includes('[Errno 12] Cannot allocate memory')) return null
    return runtimeOom(
      'python',
      'system-call',
      'no',
      line,
      'A system call failed for lack of memory (ENOMEM)',
    )
  },
}

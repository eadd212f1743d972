import { createRequire } from 'node:module'

// It has no types of its own.
const require = createRequire(import.meta.url)

/** Throws where a text is no licence expression of SPDX, as another implementation sees it. */
export const parseExpression: (expression: string) => unknown = require('spdx-expression-parse')

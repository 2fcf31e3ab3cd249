/** The command line was wrong. */
export const EXIT_USAGE = 2;
/** It was right, but could not be done. */
export const EXIT_FAILURE = 1;

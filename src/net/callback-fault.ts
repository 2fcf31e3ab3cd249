/** Hears of what a callback threw. */
export type CallbackFaultHandler = (fault: unknown) => void;

let handler: CallbackFaultHandler = throwOutside;

/**
 * Says who hears of what a callback of a Conn's owner (a Sink, `serve`'s `onConn`) threw; the Conn itself has been reset by then. A PacketSink's `packet` is told of as well, and its socket goes on. Without one, the default, it is thrown
 * again outside of the callback, which is an uncaught exception and ends the process. For a server that goes on with its other connections. Undefined: the default.
 */
export function onCallbackFault(heard: CallbackFaultHandler | undefined): void {
  handler = heard ?? throwOutside;
}

/** For drivers: a callback threw. */
export function reportCallbackFault(fault: unknown): void {
  handler(fault);
}

function throwOutside(fault: unknown): void {
  queueMicrotask(() => {
    throw fault;
  });
}

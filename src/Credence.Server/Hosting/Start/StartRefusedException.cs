namespace Credence.Server.Hosting.Start;

/// <summary>A step of the start failed for a reason that was foreseen: the message says all, and no stack trace is logged.</summary>
internal sealed class StartRefusedException(string message, Exception inner) : Exception(message, inner);

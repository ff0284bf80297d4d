namespace Credence.Server.Hosting.Requests;

/// <summary>A failure that no rule foresaw, as it is to be told.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The word a program reads.</param>
/// <param name="Message">One sentence for people; nothing of the exception.</param>
internal sealed record Unforeseen(int Status, string Code, string Message);

/// <summary>How a door words what nobody foresaw: metadata that it puts on its endpoints. Without it the answer is <c>{message, code, requestId}</c>.</summary>
/// <param name="WriteAsync">Writes status and body of an answer that has not started.</param>
internal sealed record UnforeseenShape(Func<HttpContext, Unforeseen, Task> WriteAsync);

using Credence.Messages;

namespace Credence.Tests.Support;

/// <summary>Somebody whose messages may be given up.</summary>
public sealed class GivenUpListener
{
    public const string Kind = "test";

    /// <summary>What it does when it hears of one.</summary>
    public Action<MessageOrigin> Heard { get; set; } = _ => { };

    public WhenGivenUp Listening() => new(Kind, (origin, _) =>
    {
        Heard(origin);
        return Task.CompletedTask;
    });
}

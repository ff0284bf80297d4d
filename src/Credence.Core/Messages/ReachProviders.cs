namespace Credence.Messages;

/// <summary>Whether what hands messages on can be reached.</summary>
/// <param name="Where">Host and port.</param>
/// <param name="IsSetAtRunTime">Whether an administrator set it at run time; otherwise the settings name it.</param>
/// <param name="Problem">Why nothing would leave by it; null when it would.</param>
public sealed record Reached(string Where, bool IsSetAtRunTime, Failure? Problem);

/// <summary>Tries the ways that messages leave by, as far as that goes without sending one.</summary>
public sealed class ReachProviders
{
    private readonly Mailer _mailer;
    private readonly SmsSender _sms;

    internal ReachProviders(Mailer mailer, SmsSender sms) => (_mailer, _sms) = (mailer, sms);

    /// <param name="channel">Mails, or short messages.</param>
    /// <param name="within">How long it may take.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What came of it; null when they leave by no server, so that there is nothing to reach.</returns>
    public Task<Reached?> RunAsync(MessageChannel channel, TimeSpan within, CancellationToken ct) =>
        channel == MessageChannel.Mail ? _mailer.TryAsync(within, ct) : _sms.TryAsync(within, ct);
}

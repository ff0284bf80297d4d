namespace Credence.Audit;

/// <summary>How what a developer logs went (contract grantex-core 7).</summary>
public enum LoggedStatus
{
    /// <summary>It was done.</summary>
    Success,

    /// <summary>It was tried.</summary>
    Failure,

    /// <summary>It was not allowed.</summary>
    Blocked,
}

/// <summary>What a developer logs (contract grantex-core 7). Ids are the developer's words and need not name anything stored here.</summary>
/// <param name="Agent">Which agent acted.</param>
/// <param name="AgentDid">The agent's DID.</param>
/// <param name="Grant">Under which grant.</param>
/// <param name="Principal">For whom.</param>
/// <param name="Action">What it did: <c>calendar.read</c>.</param>
/// <param name="Metadata">A JSON object in the form of <see cref="CanonicalJson"/>.</param>
/// <param name="Status">How it went.</param>
public sealed record Logged(string Agent, string AgentDid, string Grant, string Principal, string Action, string Metadata, LoggedStatus Status);

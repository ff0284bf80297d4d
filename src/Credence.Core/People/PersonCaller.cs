using Credence.Audit;

namespace Credence.People;

/// <summary>Who calls at the people door: a person, through a token of one of their sessions.</summary>
/// <param name="Person">Who.</param>
/// <param name="Session">The session that the token is of.</param>
/// <param name="Origin">Where the call came from, for the log.</param>
public sealed record PersonCaller(PersonId Person, Id<PersonSession> Session, AuditOrigin Origin)
{
    /// <summary>The id of the request, for the log; null where there is none.</summary>
    public string? RequestId { get; init; }

    /// <summary>An audit event that says they did <paramref name="type"/> to <paramref name="subject"/>.</summary>
    public AuditEvent Act(string type, string subject, SortedDictionary<string, string>? data = null) => PeopleAudit.Event(type, Person.ToString(), subject, Origin, Known(data));

    private SortedDictionary<string, string>? Known(SortedDictionary<string, string>? data) =>
        RequestId is null ? data : new(data ?? [], StringComparer.Ordinal) { ["requestId"] = RequestId };
}

/// <summary>The audit log of people: they belong to no organization, so what happens to them is in one chain of the installation (decision 0035).</summary>
public static class PeopleAudit
{
    /// <summary>What stands in place of an organization.</summary>
    public const string Chain = "people";

    /// <summary>An event of that log.</summary>
    public static AuditEvent Event(string type, string actor, string subject, AuditOrigin? origin = null, SortedDictionary<string, string>? data = null) =>
        new(Chain, type, actor, subject) { Data = data ?? [], Origin = origin };
}

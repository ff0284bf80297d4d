namespace Credence.People;

/// <summary>What this room refuses.</summary>
public static class PeopleFailures
{
    /// <summary>There is no such person, or not any more.</summary>
    public static readonly Failure NotFound = new(FailureKind.NotFound, "user.not_found", "User not found");

    /// <summary>There is no such session of this person, or it is over.</summary>
    public static readonly Failure SessionNotFound = new(FailureKind.NotFound, "session.not_found", "Session not found");
}

namespace Credence.Compliance;

/// <summary>What a check of an organization came to.</summary>
public enum ReportStatus
{
    /// <summary>It is as it should be.</summary>
    Pass,

    /// <summary>It works, and somebody should look at it.</summary>
    Warn,

    /// <summary>It is not as it should be.</summary>
    Fail,
}

/// <summary>One thing that was checked (contract agent-idp AE-50).</summary>
/// <param name="Id">Its name.</param>
/// <param name="Description">What should be.</param>
/// <param name="Status">Whether it is.</param>
/// <param name="Evidence">What was found.</param>
public sealed record Requirement(string Id, string Description, ReportStatus Status, string Evidence);

/// <summary>Some of the things that were checked.</summary>
/// <param name="Id">Its name: <c>agent-identity</c>, <c>audit-trail</c>, …</param>
/// <param name="Name">The same for people.</param>
/// <param name="Requirements">What was checked.</param>
public sealed record ReportSection(string Id, string Name, IReadOnlyList<Requirement> Requirements)
{
    /// <summary>The worst of them.</summary>
    public ReportStatus Status => Requirements.Max(requirement => requirement.Status);
}

/// <summary>How an organization's agents, their credentials and their records stand.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">When everything in it was checked.</param>
/// <param name="Sections">What was checked.</param>
public sealed record Report(Guid Id, DateTimeOffset At, IReadOnlyList<ReportSection> Sections)
{
    /// <summary>The worst of it.</summary>
    public ReportStatus Status => Sections.Max(section => section.Status);
}

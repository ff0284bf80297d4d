using Credence.Audit;
using Credence.Events;

namespace Credence.Organizations;

/// <summary>Who calls for an organization: a developer's key at the grants door, an agent at the agents door.</summary>
public interface ICaller
{
    /// <summary>For whom.</summary>
    Id<Organization> Organization { get; }

    /// <summary>Through which door.</summary>
    EventDoor Door { get; }

    /// <summary>An audit event that says this caller did <paramref name="type"/> to <paramref name="subject"/>.</summary>
    AuditEvent Act(string type, string subject, SortedDictionary<string, string>? data = null);
}

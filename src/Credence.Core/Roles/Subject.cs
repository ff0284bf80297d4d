using System.Diagnostics.CodeAnalysis;

namespace Credence.Roles;

/// <summary>What sort of subject an edge begins at; the names are stored and shown as they are here (contract identity B.8).</summary>
public enum SubjectType
{
    /// <summary>A person.</summary>
    User,

    /// <summary>A role.</summary>
    Role,
}

/// <summary>Who may or may not do something, written <c>User_7</c> or <c>Role_rol_…</c> (contract identity B.1).</summary>
/// <param name="Type">What sort it is.</param>
/// <param name="Id">Its id, as that sort writes it.</param>
public readonly record struct Subject(SubjectType Type, string Id)
{
    /// <summary>A person.</summary>
    public static Subject User(string person) => new(SubjectType.User, person);

    /// <summary>A person.</summary>
    public static Subject User(PersonId person) => User(person.ToString());

    /// <summary>A role.</summary>
    public static Subject Role(Id<Role> role) => new(SubjectType.Role, role.ToString());

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Subject subject)
    {
        subject = default;
        if (text is null || text.IndexOf('_', StringComparison.Ordinal) is not (> 0 and var cut) || cut == text.Length - 1) return false;
        switch (text[..cut])
        {
            case nameof(SubjectType.User):
                subject = User(text[(cut + 1)..]);
                return true;
            case nameof(SubjectType.Role):
                subject = new Subject(SubjectType.Role, text[(cut + 1)..]);
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Type}_{Id}";
}

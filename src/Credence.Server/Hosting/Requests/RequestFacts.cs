namespace Credence.Server.Hosting.Requests;

/// <summary>What a door tells of a request beyond what everybody's request line says (contract identity A.3 15); a door that has nothing to tell sets none.</summary>
internal sealed class RequestFacts
{
    /// <summary>The person whose token it was, or who signed in.</summary>
    public string? UserId { get; set; }

    /// <summary>The key that signed the token, to see a rotation through.</summary>
    public string? Kid { get; set; }

    /// <summary>The sort of identifier that somebody signs in with.</summary>
    public string? IdentifierScheme { get; set; }
}

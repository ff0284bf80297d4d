using Credence.Organizations;
using Credence.Principals;

namespace Credence.Consent;

/// <summary>Who decides a consent request, as far as they showed it; a passkey's proof the request carries itself.</summary>
/// <param name="Proof">How it is known that it was the person, apart from what follows.</param>
/// <param name="Session">The session of a principal, which proves a person where they signed on with their company for it; null without.</param>
/// <param name="Person">Who is signed in to an account here; null when nobody is.</param>
public sealed record Decider(ConsentProof Proof, PrincipalSession? Session = null, PersonId? Person = null)
{
    /// <summary>Somebody signed in to an account here.</summary>
    public static Decider Of(PersonId person) => new(ConsentProof.Person, Person: person);
}

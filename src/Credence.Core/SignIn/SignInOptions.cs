namespace Credence.SignIn;

/// <summary>How often somebody may be wrong (contract identity ID-11).</summary>
public sealed class SignInOptions
{
    /// <summary><c>SIGN_IN_FAILURES</c>: wrong passwords for one identifier in 15 minutes, and from one address; null for no limit.</summary>
    public int? Failures { get; set; } = 10;

    /// <summary>What a link that proves an address begins with; its token follows (contract identity ID-21).</summary>
    public string VerifyEmailLink { get; set; } = "";

    /// <summary><c>AUTH_PASSWORD_MIN_LENGTH</c>: the shortest password that the forward-auth door takes (contract forward-auth FA-1).</summary>
    public int ShortestPassword { get; set; } = 8;

    /// <summary><c>AUTH_HIDE_DUPLICATES</c>: whether the forward-auth door tells nobody that an address is taken (contract forward-auth C.7).</summary>
    public bool HidesDuplicates { get; set; }
}

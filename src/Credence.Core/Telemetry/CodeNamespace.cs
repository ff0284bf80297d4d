using Credence.Storage;

namespace Credence.Telemetry;

/// <summary>What a one-time code is for; its word keeps keys, metrics and log lines apart (contract identity A 15, B.1).</summary>
public enum CodeNamespace
{
    /// <summary><c>verify-email</c>: an e-mail address is proven.</summary>
    VerifyEmail,

    /// <summary><c>verify-phone</c>: a phone number is proven.</summary>
    VerifyPhone,

    /// <summary><c>phone-auth</c>: somebody signs in by phone.</summary>
    PhoneAuth,

    /// <summary><c>forgot-password</c>: somebody sets a new password.</summary>
    ForgotPassword,

    /// <summary><c>add-email</c>: a person adds an e-mail address.</summary>
    AddEmail,

    /// <summary><c>add-phone</c>: a person adds a phone number.</summary>
    AddPhone,
}

/// <summary>What became of a request for a code, in the words of the label <c>result</c> (contract identity B.6).</summary>
public enum CodeRequestResult
{
    /// <summary>A code was made, or for an identifier nobody has it looks so.</summary>
    Sent,

    /// <summary>Too soon after the one before.</summary>
    Cooldown,

    /// <summary>The day's are used up.</summary>
    Quota,

    /// <summary>Too many wrong codes.</summary>
    Locked,

    /// <summary>The shared state is away.</summary>
    Unavailable,
}

/// <summary>What became of a code that somebody sent, in the words of the label <c>result</c> (contract identity B.6).</summary>
public enum CodeVerification
{
    /// <summary>It was the right one.</summary>
    Ok,

    /// <summary>It was not, or there is none.</summary>
    Invalid,

    /// <summary>Too many wrong ones before.</summary>
    Locked,
}

/// <summary>The words for the namespaces of codes.</summary>
public static class CodeNamespaces
{
    /// <summary>The word: <c>verify-email</c>.</summary>
    public static string Word(this CodeNamespace ns) => Words.Of(ns).Replace('_', '-');

    /// <summary>The namespace of a word; null for any other text.</summary>
    public static CodeNamespace? Find(string word) => Words.Find<CodeNamespace>(word.Replace('-', '_'));
}

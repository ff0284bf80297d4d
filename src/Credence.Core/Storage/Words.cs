using System.Text;
using System.Text.Json.Serialization;

namespace Credence.Storage;

/// <summary>Enum members as the words the store and the wire use: <c>InFlight</c> is <c>in_flight</c>.</summary>
public static class Words
{
    /// <summary>The word for a member.</summary>
    public static string Of(Enum member)
    {
        var name = member.ToString();
        var word = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && word.Length > 0) word.Append('_');
            word.Append(char.ToLowerInvariant(letter));
        }

        return word.ToString();
    }

    /// <summary>The member for a word, in exactly the spelling <see cref="Of"/> gives; null for any other text.</summary>
    public static TEnum? Find<TEnum>(string? word)
        where TEnum : struct, Enum
    {
        foreach (var member in Enum.GetValues<TEnum>())
        {
            if (Of(member) == word) return member;
        }

        return null;
    }
}

/// <summary>JSON kept in columns.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class StorageJson : JsonSerializerContext;

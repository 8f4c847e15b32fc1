using System.Globalization;
using System.Net;
using System.Text;
using CsCheck;

namespace ClusterLb.DataPlane.Tests.Messages;

/// <summary>Addresses and all the ways to write each.</summary>
internal static class AddressSpellings
{
    private const int Groups = 8;

    /// <summary>4 or 16 bytes, with runs of zeros, mapped ones among them.</summary>
    public static readonly Gen<byte[]> Address = Gen.OneOf(
        Gen.Byte.Array[4],
        Gen.Byte.Array[4].Select(bytes => new IPAddress(bytes).MapToIPv6().GetAddressBytes()),
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 0xFFFF])
            .Select((bytes, zeros) => bytes.Select((value, i) => (zeros >> i & 1) == 0 ? value : (byte)0).ToArray()),
        Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 0xFF])
            .Select((bytes, zeros) => bytes.Select((value, i) => (zeros >> (i / 2) & 1) == 0 ? value : (byte)0).ToArray()));

    public static IEnumerable<string> Of(byte[] address)
    {
        yield return new IPAddress(address).ToString();
        if (address.Length == 4)
        {
            yield return new IPAddress(address).MapToIPv6().ToString();
            yield break;
        }

        var groups = Enumerable.Range(0, Groups).Select(i => (address[i * 2] << 8) | address[(i * 2) + 1]).ToArray();
        var tail = new IPAddress(address.AsSpan(12)).ToString();
        foreach (var format in (string[])["x", "X", "x4", "X4"])
        {
            var texts = groups.Select(group => group.ToString(format, CultureInfo.InvariantCulture)).ToArray();
            foreach (var spelling in Of(groups, texts).Concat(Of(groups[..6], [.. texts[..6], tail]))) yield return spelling;
        }
    }

    /// <summary>In full, and with <c>::</c> for each run of zeros and each part of one.</summary>
    private static IEnumerable<string> Of(int[] groups, string[] texts)
    {
        yield return string.Join(':', texts);
        for (var start = 0; start < groups.Length; start++)
        {
            for (var end = start + 1; end <= groups.Length && groups[end - 1] == 0; end++)
                yield return new StringBuilder().AppendJoin(':', texts[..start]).Append("::").AppendJoin(':', texts[end..]).ToString();
        }
    }
}

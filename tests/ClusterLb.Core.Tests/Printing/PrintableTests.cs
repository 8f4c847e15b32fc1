using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ClusterLb.Core.Printing;
using CsCheck;

namespace ClusterLb.Core.Tests.Printing;

public sealed class PrintableTests
{
    private static readonly JsonSerializerOptions s_relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("plain ~ text", "plain ~ text")]
    [InlineData("größer, 高, 😀", "größer, 高, 😀")]
    [InlineData("\u001b[2Jgone", "\\u001b[2Jgone")]
    [InlineData("a\u009b31m", "a\\u009b31m")]
    [InlineData("\u0080\u009f\u007f", "\\u0080\\u009f\\u007f")]
    [InlineData("two\nlines\r\tand\u2028more\u2029", "two\\u000alines\\u000d\\u0009and\\u2028more\\u2029")]
    [InlineData("\u202eexe.txt\u2066\u200f", "\\u202eexe.txt\\u2066\\u200f")]
    [InlineData("a\u00a0b\u3000c d", "a\\u00a0b\\u3000c d")]
    [InlineData("\U000e0041", "\\udb40\\udc41")]
    public void What_a_terminal_obeys_is_an_escape(string text, string expected)
    {
        Assert.Equal(expected, Printable.Of(text));
        Assert.Equal(expected, OfBytes(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Half_a_character_is_an_escape() => Assert.Equal("half \\ud83d", Printable.Of("half \ud83d"));

    [Theory]
    [InlineData(new byte[] { 0x9b, 0x33, 0x31, 0x6d }, "\\x9b31m")]
    [InlineData(new byte[] { 0x61, 0xff, 0xfe }, "a\\xff\\xfe")]
    [InlineData(new byte[] { 0xe2, 0x82 }, "\\xe2\\x82")]
    [InlineData(new byte[] { 0xc0, 0xaf }, "\\xc0\\xaf")]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 }, "\\xed\\xa0\\x80")]
    public void What_is_no_UTF8_is_written_byte_by_byte(byte[] bytes, string expected) => Assert.Equal(expected, OfBytes(bytes));

    [Fact]
    public void Text_without_anything_to_escape_is_the_text_itself()
    {
        const string Text = "backend app/b1 UP -> DOWN";
        Assert.Same(Text, Printable.Of(Text));
    }

    [Fact]
    public void Whatever_comes_nothing_is_left_that_a_terminal_obeys() => Gen.Byte.Array[0, 64].Sample(bytes =>
    {
        var printed = OfBytes(bytes);
        Assert.All(printed.EnumerateRunes(),
            rune => Assert.False(Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format));
        Assert.True(printed.Length <= bytes.Length * 6);
    });

    [Fact]
    public void JSON_that_was_made_printable_says_the_same() => Gen.String[Gen.Char, 0, 32].Sample(text =>
    {
        if (text.Any(char.IsSurrogate)) return;
        var json = JsonSerializer.Serialize(text, s_relaxed);
        Assert.Equal(text, JsonSerializer.Deserialize<string>(Printable.Lines(json)));
    });

    [Fact]
    public void Nobody_can_write_an_escape_or_an_end_of_ours() => Assert.Equal("""a\"b\\x1b""", OfBytes("""a"b\x1b"""u8.ToArray()));

    [Theory]
    [InlineData(new byte[] { 0x9b, 0x85 }, "\\x9b\\x85")]
    [InlineData(new byte[] { 0x61, 0x1b, 0x22, 0xc3, 0xa4, 0xff }, "a\u001b\"ä\\xff")]
    [InlineData(new byte[] { 0x5c, 0x78, 0x39, 0x62 }, "\\\\x9b")]
    public void Bytes_that_are_no_UTF8_keep_which_they_were_in_text_that_others_escape(byte[] bytes, string expected)
    {
        var to = new ArrayBufferWriter<byte>();
        Printable.WriteJson(bytes, to);
        Assert.Equal(expected, JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(to.WrittenSpan)}\""));
    }

    private static string OfBytes(byte[] bytes)
    {
        var to = new ArrayBufferWriter<byte>();
        Printable.Write(bytes, to);
        return Encoding.UTF8.GetString(to.WrittenSpan);
    }
}

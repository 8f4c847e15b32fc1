using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Tests.Ledger;

public sealed class StampTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        var receipt = new Receipt(new Stamp("b1", 4711, 3, "/app/1-x/5/9"), "POST", 123456789);

        Assert.Equal(receipt, Receipt.Parse(receipt.Line));
        Assert.Equal(receipt.Stamp, Stamp.Parse(receipt.Stamp.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("123 GET b1 4711")]
    [InlineData("123 GET b1 4711 x /a")]
    [InlineData("12")]
    public void A_line_that_was_cut_off_is_no_receipt(string line) => Assert.Null(Receipt.Parse(line));

    [Fact]
    public void The_letter_of_an_id_is_a_letter_and_neighbours_differ()
    {
        Assert.All(Enumerable.Range(0, 1_000), number => Assert.InRange(Stamp.LetterOf($"/app/{number}"), (byte)'a', (byte)'z'));
        Assert.NotEqual(Stamp.LetterOf("/app/1"), Stamp.LetterOf("/app/2"));
    }
}

"""Codes of reasons and changes become sentences a clerk understands, Vietnamese and English. Values only."""

from signing.report import Finding, Verdict, Words

REASONS = {
    "valid": Words(
        vi="Chữ ký hợp lệ: nội dung còn nguyên vẹn từ khi ký và chứng thư của người ký được tin cậy.",
        en="Valid: nothing changed since it was signed, and the signer's certificate is trusted.",
    ),
    "valid_test_authority": Words(
        vi="Chữ ký đúng về kỹ thuật, nhưng do cơ quan thử nghiệm, không có giá trị pháp lý, ký.",
        en="Technically valid, but signed by the test authority (cơ quan thử nghiệm), which has no legal value.",
    ),
    "broken": Words(
        vi="Chữ ký không hợp lệ: nội dung tệp đã bị thay đổi sau khi ký. Không dùng tệp này.",
        en="Invalid: the signed content was changed after signing. Do not use this file.",
    ),
    "unreadable_signature": Words(
        vi="Chữ ký không hợp lệ: dữ liệu chữ ký bị hỏng, không đọc được.",
        en="Invalid: the signature itself is damaged and cannot be read.",
    ),
    "changed_after_signing": Words(
        vi="Phần đã ký còn nguyên, nhưng tệp bị thêm hoặc sửa sau khi ký. Không dùng tệp này; hãy lấy lại bản gốc.",
        en="The signed part is intact, but the file was added to or altered after signing. Get the original again.",
    ),
    "revoked": Words(
        vi="Chứng thư của người ký đã bị thu hồi.",
        en="The signer's certificate was revoked.",
    ),
    "expired": Words(
        vi="Chứng thư của người ký nằm ngoài thời hạn hiệu lực và không có dấu thời gian chứng minh "
        "đã ký trong thời hạn.",
        en="The signer's certificate is out of its dates, and no timestamp proves that it signed within them.",
    ),
    "unknown_issuer": Words(
        vi="Nội dung còn nguyên vẹn từ khi ký, nhưng chưa xác minh được người ký: chứng thư không do tổ chức chứng "
        "thực nằm trong danh sách tin cậy cấp. Quản trị viên cần thêm chứng thư của tổ chức đó nếu tin cậy.",
        en="Nothing changed since it was signed, but the signer is not verified: no trusted authority issued the "
        "certificate. An administrator may add that authority.",
    ),
    "revocation_unknown": Words(
        vi="Nội dung còn nguyên vẹn và chứng thư do tổ chức tin cậy cấp, nhưng chưa kiểm tra được chứng thư có bị "
        "thu hồi hay không vì trong tệp không có dữ liệu thu hồi còn dùng được.",
        en="Nothing changed and a trusted authority issued the certificate, but whether it was revoked could not be "
        "checked: the file holds no usable revocation data.",
    ),
    "weak_algorithm": Words(
        vi="Nội dung còn khớp với chữ ký và chứng thư do tổ chức tin cậy cấp, nhưng chữ ký dùng thuật toán băm "
        "đã lỗi thời (SHA-1), không còn đủ bảo đảm.",
        en="The content matches the signature and a trusted authority issued the certificate, but the signature uses "
        "an outdated algorithm (SHA-1) that no longer gives assurance.",
    ),
    "archive_expired": Words(
        vi="Nội dung còn nguyên vẹn, nhưng chứng thư của dấu thời gian lưu trữ không còn dùng được: lẽ ra phải gia hạn "
        "dấu thời gian trước đó.",
        en="Nothing changed, but the certificate of the archive timestamp is no longer good: the timestamp should have "
        "been renewed before.",
    ),
    "changed_then_signed": Words(
        vi="Phần đã ký còn nguyên, nhưng sau chữ ký này tệp được bổ sung (ví dụ số, ngày văn bản) rồi được ký tiếp. "
        "Cần người kiểm tra phần bổ sung.",
        en="The signed part is intact, but after this signature the file was added to (a number and date, for example) "
        "and then signed again. A person should look at what was added.",
    ),
    "metadata_changed": Words(
        vi="Phần đã ký còn nguyên, nhưng thông tin mô tả của tệp (tiêu đề, tác giả, thông tin chuyển đổi) bị sửa "
        "sau khi ký. Cần người kiểm tra.",
        en="The signed part is intact, but the file's description (title, author, conversion) was edited after "
        "signing. A person should look.",
    ),
    "timestamp_broken": Words(
        vi="Phần đã ký còn nguyên, nhưng dấu thời gian lưu trữ của tệp không còn đúng. Cần người kiểm tra.",
        en="The signed part is intact, but the file's archive timestamp is no longer right. A person should look.",
    ),
}
"""Reason code of a signature -> explanation."""

CHANGES = {
    "bytes_after_end": Words(
        vi="Có dữ liệu lạ được nối vào sau phần kết thúc của tệp đã ký.",
        en="Foreign bytes were appended after the end of the signed file.",
    ),
    "content_changed": Words(
        vi="Trang, chú thích hoặc đối tượng trong tệp bị thêm hoặc sửa sau khi ký.",
        en="A page, annotation or object of the file was added or altered after signing.",
    ),
    "changed_then_signed": Words(
        vi="Tệp được bổ sung giữa hai lần ký; chữ ký sau bao trùm phần bổ sung.",
        en="The file was added to between two signatures; the later one covers what was added.",
    ),
    "form_filled": Words(
        vi="Trường biểu mẫu được thêm hoặc điền sau khi ký (được phép).",
        en="A form field was added or filled in after signing (allowed).",
    ),
    "metadata_changed": Words(
        vi="Thông tin mô tả của tệp (tiêu đề, tác giả, thông tin chuyển đổi) bị sửa sau khi ký.",
        en="The file's description (title, author, conversion) was edited after signing.",
    ),
    "timestamp_broken": Words(
        vi="Dấu thời gian lưu trữ không còn khớp với tệp.",
        en="The archive timestamp no longer matches the file.",
    ),
    "not_as_registered": Words(
        vi="Mã băm hoặc dung lượng của tệp khác với giá trị đã lưu trong hồ sơ.",
        en="The file's hash or length differs from the one on record.",
    ),
}
"""Code of a change -> what it means."""

FILE = {
    Verdict.VALID: Words(
        vi="Tệp hợp lệ: mọi chữ ký đều hợp lệ và tệp không bị thay đổi sau khi ký.",
        en="Valid: every signature is valid, and the file was not changed after signing.",
    ),
    Verdict.INDETERMINATE: Words(
        vi="Chưa kết luận được: các chữ ký còn nguyên vẹn nhưng có điều chưa xác minh được.",
        en="Undecided: the signatures are intact, but something could not be verified.",
    ),
    Verdict.INVALID: Words(
        vi="Tệp không hợp lệ: có chữ ký không hợp lệ hoặc tệp bị thay đổi sau khi ký. Không dùng tệp này.",
        en="Invalid: a signature is invalid, or the file was changed after signing. Do not use it.",
    ),
    Verdict.UNSIGNED: Words(vi="Tệp không có chữ ký số.", en="The file carries no digital signature."),
}
"""Verdict of a file -> explanation."""

TEST_FILE = Words(
    vi="Tệp đúng về kỹ thuật và không bị thay đổi sau khi ký, nhưng do cơ quan thử nghiệm, "
    "không có giá trị pháp lý, ký.",
    en="Technically valid and unchanged, but signed by the test authority (cơ quan thử nghiệm): no legal value.",
)

NO_TIME_PROVEN = Words(
    vi=" Thời gian ký là do người ký tự khai, không có dấu thời gian tin cậy chứng minh.",
    en=" The signing time is the signer's own claim; no trusted timestamp proves it.",
)


def change(code: str) -> Finding:
    """Return the change with its words."""
    return Finding(code=code, words=CHANGES[code])


def joined(*parts: Words) -> Words:
    """Return the sentences one after the other."""
    return Words(vi="".join(part.vi for part in parts), en="".join(part.en for part in parts))

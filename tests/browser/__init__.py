"""What people do in a real browser. Twelve journeys are the ones that must never break; each is told once.

set-up                  test_set_up_page.test_the_first_admin_sets_up_and_is_signed_in
OIDC sign-in            test_sso_mock_provider.test_who_was_provisioned_signs_in_and_who_was_deactivated_is_out_at_once
generate, copy, gone    test_authentication_page.test_a_generated_token_is_shown_once_copied_and_gone
rotate                  test_authentication_page.test_a_rotated_token_works_on_until_the_new_one_is_in_use
revoke with effect      test_authentication_page.test_a_revoked_token_is_refused_at_once
search and page         test_members_page.test_a_long_list_is_walked_sorted_and_searched_and_its_address_says_how
role change             test_members_page.test_a_role_change_lasts
conflict with SCIM      test_members_page.test_a_change_made_meanwhile_is_a_conflict_that_reloading_solves
live update by SCIM     test_members_page.test_what_the_identity_provider_does_shows_up_by_itself
expired session         test_sign_in_page.test_a_session_that_ended_elsewhere_says_so_and_comes_back_to_where_it_was
keyboard only           test_keyboard.test_an_admin_signs_in_makes_a_token_and_signs_out_without_a_pointer
360 px                  test_every_page.test_no_screen_scrolls_sideways_at_360_px_and_the_menu_leads_to_all
"""
